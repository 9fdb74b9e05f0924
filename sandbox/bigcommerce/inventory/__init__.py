"""The shop's stock: locations, levels, adjustments that apply later, and the V3 API over them."""
