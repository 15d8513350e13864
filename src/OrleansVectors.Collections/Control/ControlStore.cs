using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansVectors.Storage.Documents;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Control;

/// <summary>
/// What a database keeps besides points: one document for each collection, named after the collection's folder, and one
/// for the aliases. A collection exists as long as its document does.
/// </summary>
internal sealed class ControlStore(string folder)
{
    public const string CollectionPrefix = "collection-";
    public const string AliasesName = "aliases";
    public const string DatabaseName = "database";

    private readonly VersionedFileStore _documents = new(folder);

    /// <summary>All collections with the names of their folders; where a document cannot be read, why.</summary>
    public IEnumerable<(string Folder, StoredCollection? Stored, IOException? Failure)> Collections()
    {
        foreach (string name in _documents.List().Where(name => name.StartsWith(CollectionPrefix, StringComparison.Ordinal)))
        {
            StoredCollection? stored = null;
            IOException? failure = null;
            try
            {
                stored = ReadCollection(name);
            }
            catch (IOException unreadable)
            {
                failure = unreadable;
            }

            yield return (name[CollectionPrefix.Length..], stored, failure);
        }
    }

    /// <summary>The database's own name, given once: what tells its backups from those of others in the same store.</summary>
    public string DatabaseId()
    {
        if (Read(DatabaseName, ControlJson.Default.StoredDatabase) is not { } stored)
        {
            stored = new StoredDatabase(Guid.CreateVersion7().ToString("N"));
            Write(DatabaseName, stored, ControlJson.Default.StoredDatabase);
        }

        return stored.Id;
    }

    public StoredAliases Aliases()
        => Read(AliasesName, ControlJson.Default.StoredAliases) ?? new StoredAliases(new Dictionary<string, string>());

    public void Save(string folder, StoredCollection collection)
        => Write(CollectionPrefix + folder, collection, ControlJson.Default.StoredCollection);

    /// <summary>Replaces a collection's document, if there is one: what was deleted meanwhile must not come back.</summary>
    /// <returns>Whether there was.</returns>
    public bool TryReplace(string folder, StoredCollection collection)
    {
        string name = CollectionPrefix + folder;
        if (_documents.Read(name) is not { } document)
        {
            return false;
        }

        _documents.WriteIfVersion(name, JsonSerializer.SerializeToUtf8Bytes(collection, ControlJson.Default.StoredCollection), document.Version);
        return true;
    }

    /// <summary>Whether a collection's document is there, readable or not.</summary>
    public bool Has(string folder) => _documents.List().Contains(CollectionPrefix + folder);

    public void Save(StoredAliases aliases) => Write(AliasesName, aliases, ControlJson.Default.StoredAliases);

    public void Delete(string folder)
    {
        string name = CollectionPrefix + folder;
        if (_documents.Read(name) is { } document)
        {
            _documents.DeleteIfVersion(name, document.Version);
        }
    }

    /// <summary>What the bytes of a collection's document say.</summary>
    /// <exception cref="StoredSchemaException">This program cannot read them.</exception>
    public static StoredCollection ParseCollection(string name, ReadOnlySpan<byte> bytes)
    {
        StoredCollection stored = Parse(name, bytes, ControlJson.Default.StoredCollection)
            ?? throw new StoredSchemaException(name, "it is null");
        if (stored.FormatVersion > StoredCollection.CurrentFormat)
        {
            throw new StoredSchemaException(
                name, $"it has format {stored.FormatVersion}, known is {StoredCollection.CurrentFormat} and what was before");
        }

        return stored.FormatVersion == 1 ? stored.With(stored.Schema, LogTime.None) with { Earlier = null } : stored;
    }

    /// <summary>What the bytes of the aliases' document say.</summary>
    /// <exception cref="StoredSchemaException">This program cannot read them.</exception>
    public static StoredAliases? ParseAliases(ReadOnlySpan<byte> bytes) => Parse(AliasesName, bytes, ControlJson.Default.StoredAliases);

    private StoredCollection ReadCollection(string name) => ParseCollection(name, _documents.Read(name)!.Bytes.Span);

    private T? Read<T>(string name, JsonTypeInfo<T> type)
        where T : class
        => _documents.Read(name) is { } document ? Parse(name, document.Bytes.Span, type) : null;

    private static T? Parse<T>(string name, ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException unknown)
        {
            throw new StoredSchemaException(name, unknown.Message, unknown);
        }
    }

    private void Write<T>(string name, T content, JsonTypeInfo<T> type)
        => _documents.WriteIfVersion(name, JsonSerializer.SerializeToUtf8Bytes(content, type), _documents.Read(name)?.Version ?? 0);
}
