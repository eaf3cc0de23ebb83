"""What tests stand on: servers, the network guard, builders and the story fixture `desk`."""
