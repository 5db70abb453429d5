"""One program for each figure, side by side with a peer. ``script/bench`` runs them all."""
