"""Results for people: tables in the terminal, one case side by side."""
