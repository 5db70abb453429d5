"""Pictures of the glass as it was agreed on, and how the page is held against them."""
