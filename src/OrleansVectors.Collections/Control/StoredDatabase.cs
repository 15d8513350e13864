namespace OrleansVectors.Collections.Control;

/// <summary>What is kept of a database itself.</summary>
/// <param name="Id">Its name, which no other database has.</param>
internal sealed record StoredDatabase(string Id);
