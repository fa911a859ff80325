"""What people type, checked. A form that does not hold keeps every word of it."""
