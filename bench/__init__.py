"""How fast the helpdesk takes mail in and shows it: `make bench`, explained in bench/README.md."""
