"""What Toward promises about speed, as ratios taken in one run on one machine."""
