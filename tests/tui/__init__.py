"""The app, driven by keys and clicks."""
