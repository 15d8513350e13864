using System.Text.Json.Nodes;

namespace OrleansVectors.Partitions.Tests.Payloads;

/// <summary>Random payloads over few keys and values, so that paths, edits and filters meet something.</summary>
internal sealed class RandomJson(Random random)
{
    public static readonly string[] Keys = ["a", "b", "c", "k.x"];

    private static readonly string[] s_texts = ["", "x", "y", "red fox", "2024-01-01", "2024-01-01T12:00:00+02:00", "é\"\\\u0001😀"];

    public JsonObject Object(int depth)
    {
        var made = new JsonObject();
        foreach (string key in Keys)
        {
            if (random.Next(3) > 0)
            {
                made[key] = Value(depth - 1);
            }
        }

        return made;
    }

    public string Path()
    {
        string path = Quote(Keys[random.Next(Keys.Length)]);
        for (int i = random.Next(4); i > 0; i--)
        {
            path += random.Next(5) switch
            {
                0 => "[]",
                1 => $"[{random.Next(3)}]",
                _ => "." + Quote(Keys[random.Next(Keys.Length)]),
            };
        }

        return path;
    }

    private static string Quote(string key) => key.Contains('.', StringComparison.Ordinal) ? $"\"{key}\"" : key;

    private JsonNode? Value(int depth) => random.Next(depth > 0 ? 12 : 8) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 or 3 => JsonValue.Create(random.NextInt64(-2, 3)),
        4 => JsonValue.Create(random.Next(-3, 4) + (random.Next(2) * 0.5)),
        5 => JsonValue.Create(random.Next(4) == 0 ? ulong.MaxValue : (ulong)random.NextInt64()),
        6 or 7 => JsonValue.Create(s_texts[random.Next(s_texts.Length)]),
        8 or 9 => Object(depth),
        10 => new JsonObject { ["lon"] = random.Next(-4, 5), ["lat"] = random.Next(-4, 5) + 0.5 },
        _ => Array(depth),
    };

    private JsonArray Array(int depth)
    {
        var made = new JsonArray();
        for (int i = random.Next(4); i > 0; i--)
        {
            made.Add(Value(depth - 1));
        }

        return made;
    }
}
