using System.Globalization;
using System.Text.Json;
using OrleansVectors.Collections.Backups;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Bodies and answers about backups.</summary>
internal static class BackupJson
{
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    /// <summary>Reads <c>{collections?: [name]}</c>; an empty body is as good as <c>{}</c>.</summary>
    public static IReadOnlyList<string>? ReadCreate(ReadOnlySpan<byte> body)
    {
        List<string>? collections = null;
        if (body.IsEmpty)
            return collections;
        var cursor = new JsonCursor(body);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("collections"u8))
                throw cursor.UnknownMember();
            if (cursor.IsNull)
                continue;
            collections = [];
            cursor.BeginArray();
            while (cursor.NextItem())
                collections.Add(cursor.GetString());
        }

        cursor.EndDocument();
        return collections;
    }

    /// <summary>Reads <c>{id?}</c>: which backup.</summary>
    public static string? ReadVerify(ReadOnlySpan<byte> body)
    {
        string? id = null;
        if (body.IsEmpty)
            return id;
        var cursor = new JsonCursor(body);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("id"u8))
                throw cursor.UnknownMember();
            id = cursor.GetStringOrNull();
        }

        cursor.EndDocument();
        return id;
    }

    /// <summary>Reads <c>{collection | everything: true, time?, as?}</c>.</summary>
    public static (string? Collection, DateTimeOffset? Time, string? As) ReadRestore(ReadOnlySpan<byte> body)
    {
        string? collection = null;
        DateTimeOffset? time = null;
        string? newName = null;
        bool everything = false;
        var cursor = new JsonCursor(body);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("collection"u8))
            {
                collection = cursor.GetStringOrNull();
            }
            else if (cursor.NameIs("everything"u8))
            {
                everything = cursor.GetBoolean();
            }
            else if (cursor.NameIs("time"u8))
            {
                time = ReadTime(ref cursor);
            }
            else if (cursor.NameIs("as"u8))
            {
                newName = cursor.GetStringOrNull();
                if (newName is not null)
                    NameRules.CheckAliasName(in cursor, newName);
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        cursor.EndDocument();
        if (everything == (collection is not null))
            throw new JsonValidationException("collection", collection ?? "null", "must be a collection's name, or left out with everything: true");
        return newName is not null && collection is null
            ? throw new JsonValidationException("as", newName, "must come with the collection that is to have this name")
            : (collection, time, newName);
    }

    /// <summary>Reads <c>{new_collection_name}</c>.</summary>
    public static string ReadClone(ReadOnlySpan<byte> body)
    {
        string? name = null;
        var cursor = new JsonCursor(body);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("new_collection_name"u8))
                throw cursor.UnknownMember();
            name = cursor.GetString();
            NameRules.CheckAliasName(in cursor, name);
        }

        cursor.EndDocument();
        return name ?? throw JsonCursor.Missing("", "new_collection_name");
    }

    /// <summary>A backup.</summary>
    public static void Write(Utf8JsonWriter writer, BackupSummary backup)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, backup.Id);
        writer.WriteString("time"u8, backup.Time);
        writer.WriteBoolean("whole"u8, backup.IsWhole);
        writer.WriteStartArray("collections"u8);
        foreach (BackupSummary.Collection collection in backup.Collections)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, collection.Name);
            WriteOrNull(writer, "points_count"u8, collection.Points);
            writer.WriteNumber("checkpoint_bytes"u8, collection.Bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>What verification found: <c>sound</c> over all, and each collection.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<BackupVerification> found)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("sound"u8, found.All(collection => collection.Failure is null));
        writer.WriteStartArray("collections"u8);
        foreach (BackupVerification collection in found)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, collection.Collection);
            writer.WriteBoolean("sound"u8, collection.Failure is null);
            writer.WriteString("failure"u8, collection.Failure);
            writer.WriteNumber("points_count"u8, collection.Points);
            WriteOrNull(writer, "expected_points_count"u8, collection.ExpectedPoints);
            writer.WriteNumber("verified_bytes"u8, collection.Bytes);
            writer.WriteNumber("searches"u8, collection.Searches);
            writer.WriteNumber("recall"u8, collection.Recall);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static DateTimeOffset? ReadTime(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        string text = cursor.GetString();
        return DateTimeOffset.TryParseExact(text, Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw cursor.Invalid(text, "must be a moment such as 2026-01-31T12:00:00Z");
    }

    private static void WriteOrNull(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is long number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }
}
