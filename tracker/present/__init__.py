"""What a face shows, decided once for both of them: plain values, with no width, no Textual and no argparse."""
