namespace OrleansVectors.Collections.Control;

/// <summary>All aliases of a database: one small document.</summary>
/// <param name="Collections">For each alias the name of its collection.</param>
internal sealed record StoredAliases(IReadOnlyDictionary<string, string> Collections);
