"""All there is about one case: on one page, as PDF, and as one file with the documents themselves."""
