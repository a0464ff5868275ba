"""What each verb does, one file a family; `table.py` lists them."""
