using System.Text;
using System.Text.Json;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Reads the body that declares a payload index.</summary>
internal static class PayloadIndexReader
{
    private static readonly string[] Common = ["type", "on_disk", "memory", "enable_hnsw"];

    /// <summary>The key's path and its index.</summary>
    public static (string Field, PayloadIndexSettings Index) Read(ReadOnlySpan<byte> body)
    {
        var cursor = new JsonCursor(body);
        string? field = null;
        PayloadIndexSettings? index = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("field_name"u8))
            {
                field = cursor.GetString();
                if (field.Length is 0 or > ApiLimits.PayloadPathCharsMax)
                    throw cursor.Invalid($"of {field.Length} characters", $"must have from 1 to {ApiLimits.PayloadPathCharsMax} characters");
            }
            else if (cursor.NameIs("field_schema"u8) || cursor.NameIs("field_type"u8))
            {
                index = ReadSchema(ref cursor);
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        cursor.EndDocument();
        return (field ?? throw JsonCursor.Missing("", "field_name"), index ?? throw JsonCursor.Missing("", "field_schema"));
    }

    /// <summary>The public name of a type.</summary>
    public static string NameOf(PayloadIndexType type) => type switch
    {
        PayloadIndexType.Keyword => "keyword",
        PayloadIndexType.Integer => "integer",
        PayloadIndexType.Float => "float",
        PayloadIndexType.Geo => "geo",
        PayloadIndexType.Text => "text",
        PayloadIndexType.Bool => "bool",
        PayloadIndexType.DateTime => "datetime",
        PayloadIndexType.Uuid => "uuid",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static PayloadIndexSettings? ReadSchema(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        if (cursor.Token == JsonTokenType.String)
            return new PayloadIndexSettings(ReadType(in cursor));
        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("a type's name or an object");

        PayloadIndexType type = FindType(cursor);
        return new PayloadIndexSettings(type, ReadParameters(ref cursor, type));
    }

    private static PayloadIndexType ReadType(in JsonCursor cursor)
        => cursor.GetOneOf("keyword", "integer", "float", "geo", "text", "bool", "datetime", "uuid") switch
        {
            "keyword" => PayloadIndexType.Keyword,
            "integer" => PayloadIndexType.Integer,
            "float" => PayloadIndexType.Float,
            "geo" => PayloadIndexType.Geo,
            "text" => PayloadIndexType.Text,
            "bool" => PayloadIndexType.Bool,
            "datetime" => PayloadIndexType.DateTime,
            _ => PayloadIndexType.Uuid,
        };

    /// <summary>The type decides which parameters there are, and may stand after them: looks ahead on a copy.</summary>
    private static PayloadIndexType FindType(JsonCursor ahead)
    {
        string path = ahead.Path;
        ahead.BeginObject();
        while (ahead.NextMember())
        {
            if (ahead.NameIs("type"u8))
                return ReadType(in ahead);
            ahead.Skip();
        }

        throw JsonCursor.Missing(path, "type");
    }

    private static string ReadParameters(ref JsonCursor cursor, PayloadIndexType type)
    {
        var members = new List<string>();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            string name = cursor.Name;
            if (!Common.Contains(name) && !OwnParameters(type).Contains(name))
                throw cursor.UnknownMember();
            if (cursor.IsNull)
                continue;
            CheckParameter(cursor, name);
            members.Add($"\"{name}\":{Encoding.UTF8.GetString(cursor.GetRaw())}");
        }

        return "{" + string.Join(',', members) + "}";
    }

    private static string[] OwnParameters(PayloadIndexType type) => type switch
    {
        PayloadIndexType.Keyword => ["is_tenant", "prefix"],
        PayloadIndexType.Integer => ["lookup", "range", "is_principal"],
        PayloadIndexType.Float or PayloadIndexType.DateTime => ["is_principal"],
        PayloadIndexType.Uuid => ["is_tenant"],
        PayloadIndexType.Text =>
        [
            "tokenizer", "min_token_len", "max_token_len", "lowercase", "ascii_folding", "phrase_matching", "stopwords",
            "stemmer",
        ],
        _ => [],
    };

    /// <summary>Checks a value's type on a copy of the cursor.</summary>
    private static void CheckParameter(JsonCursor value, string name)
    {
        switch (name)
        {
            case "type":
                ReadType(in value);
                break;
            case "memory":
                MemoryPlacementJson.Read(ref value);
                break;
            case "tokenizer":
                value.GetOneOf("prefix", "whitespace", "word", "multilingual");
                break;
            case "min_token_len" or "max_token_len":
                value.GetInt32(0, int.MaxValue);
                break;
            case "stopwords":
                if (value.Token is not (JsonTokenType.String or JsonTokenType.StartObject))
                    throw value.Unexpected("a language or an object");
                break;
            case "stemmer":
                if (value.Token != JsonTokenType.StartObject)
                    throw value.Unexpected("an object");
                break;
            default:
                value.GetBoolean();
                break;
        }
    }
}
