"""What the registry gives out on paper: certificates and statements as PDF, without any font file of our own."""
