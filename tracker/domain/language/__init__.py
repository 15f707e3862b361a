"""What people type and read: days, times, amounts, schedules and names."""
