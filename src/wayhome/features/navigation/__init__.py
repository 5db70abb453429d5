"""Navigation: a car is led where somebody wants to go."""
