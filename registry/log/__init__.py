"""The transparency log of a registry: a Merkle tree of its transactions, signed checkpoints, exports."""
