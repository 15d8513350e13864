namespace OrleansVectors.Cli.Rest;

/// <summary>One named vector of a collection, as its configuration tells it.</summary>
/// <param name="Name">Its name; empty for the default vector.</param>
/// <param name="Dim">Components, or null for sparse vectors.</param>
/// <param name="Distance">The server's word (Cosine, Dot, Euclid, Hamming, Manhattan), or null for sparse vectors.</param>
/// <param name="IsMulti">True when a point holds several rows under this name.</param>
internal sealed record VectorDescription(string Name, int? Dim, string? Distance, bool IsMulti);
