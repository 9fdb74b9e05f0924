"""The shop's price lists: records per variant and currency, and who gets which list."""
