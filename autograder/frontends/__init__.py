"""Each front end fits reports into one host's protocol; none of them grades by itself."""
