"""The helpdesk: free or paid, promised for when, agreed by whom."""
