"""Reading and writing text: sentences, quantities, dates, and facts in both languages. Pure."""
