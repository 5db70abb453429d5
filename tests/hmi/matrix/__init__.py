"""Every panel on every face in every driving state, and what may be seen and done there."""
