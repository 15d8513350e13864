namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>The tables at a server were made by a later version of this program, which this one must not write.</summary>
public sealed class LogSchemaException(string server, string schema, int found, int known)
    : IOException($"The schema '{schema}' at '{server}' has version {found}; this program knows up to {known}.")
{
    /// <summary>The version of the tables.</summary>
    public int Found { get; } = found;

    /// <summary>The last version this program knows.</summary>
    public int Known { get; } = known;
}
