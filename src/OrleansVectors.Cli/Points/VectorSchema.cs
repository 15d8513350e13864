using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.Points;

/// <summary>
/// Which vectors the target collection takes, so that a wrong dimension is refused here and not after an upload. For a
/// collection that is yet to be created the first vector seen under each name decides.
/// </summary>
internal sealed class VectorSchema
{
    private readonly Dictionary<string, int?> _dims = [];
    private readonly bool _learns;

    private VectorSchema(string? name, bool learns)
    {
        DefaultName = name ?? "";
        _learns = learns;
    }

    /// <summary>The name under which vectors without a name of their own are stored; empty for the default vector.</summary>
    public string DefaultName { get; }

    /// <summary>The names known so far with their dimensions; null where a dimension means nothing (sparse, multi).</summary>
    public IReadOnlyDictionary<string, int?> Dims => _dims;

    /// <summary>The schema of a collection that does not exist yet.</summary>
    public static VectorSchema Learning(string? name) => new(name, learns: true);

    /// <summary>The schema of a collection that exists.</summary>
    /// <exception cref="CommandFailedException">It has no vector of the name asked for.</exception>
    public static VectorSchema Of(CollectionDescription collection, string? name)
    {
        VectorSchema schema = new(name, learns: false);
        foreach (VectorDescription vector in collection.Vectors)
        {
            schema._dims[vector.Name] = vector.IsMulti ? null : vector.Dim;
        }

        if (name is not null && !schema._dims.ContainsKey(name))
        {
            throw new CommandFailedException($"collection '{collection.Name}' has no vector named '{name}' (it has {schema.Names()})");
        }

        return schema;
    }

    /// <summary>What is wrong with a dense vector of this name and dimension, or null.</summary>
    public string? Refusal(string name, int dim)
    {
        if (_dims.TryGetValue(name, out int? expected))
        {
            return expected is null || expected == dim ? null : $"{Called(name)} has {dim} components, {expected} are expected";
        }

        if (!_learns)
        {
            return name.Length == 0
                ? $"the collection has no default vector but {Names()}: choose one with --name"
                : $"the collection has no vector named '{name}' (it has {Names()})";
        }

        _dims[name] = dim;
        return null;
    }

    private static string Called(string name) => name.Length == 0 ? "the vector" : $"vector '{name}'";

    private string Names()
        => _dims.Count == 0 ? "none" : string.Join(", ", _dims.Keys.Select(name => name.Length == 0 ? "the default one" : $"'{name}'"));
}
