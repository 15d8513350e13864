using System.Diagnostics.CodeAnalysis;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Collections;

/// <summary>A folder of collections, opened by one process: the in-process library's entry point.</summary>
public sealed class VectorDatabase : IAsyncDisposable
{
    /// <summary>Opens or creates the database; when it returns every collection answers.</summary>
    public static Task<VectorDatabase> OpenAsync(DatabaseOptions options, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Names of all collections, ordered.</summary>
    public IReadOnlyList<string> CollectionNames => throw new NotImplementedException();

    /// <summary>All aliases with the collections they point at, ordered by alias.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Aliases => throw new NotImplementedException();

    /// <summary>Creates an empty collection; durable when it returns.</summary>
    public Task CreateCollectionAsync(string name, CollectionSchema schema, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Deletes a collection, its data and its aliases. False when there is none.</summary>
    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Finds a collection by its name or an alias.</summary>
    public bool TryGetCollection(string nameOrAlias, [NotNullWhen(true)] out Collection? collection)
        => throw new NotImplementedException();

    /// <summary>Finds a collection by its name or an alias, or throws <see cref="Errors.CollectionNotFoundException"/>.</summary>
    public Collection GetCollection(string nameOrAlias) => throw new NotImplementedException();

    /// <summary>Changes aliases, all steps together; durable when it returns.</summary>
    public Task ChangeAliasesAsync(IReadOnlyList<AliasAction> actions, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Stops background work and closes every file. Acknowledged writes need no closing to survive.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
