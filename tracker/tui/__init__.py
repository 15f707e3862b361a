"""The full-screen app. It reaches data through the services only."""
