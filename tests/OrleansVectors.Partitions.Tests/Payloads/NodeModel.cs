using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansVectors.Partitions.Tests.Payloads;

/// <summary>The rules of paths and edits once more, over System.Text.Json's nodes. A step is a key, a number, or null for every element.</summary>
internal static partial class NodeModel
{
    public static List<object?> Steps(string path)
        => [.. StepPattern().Matches(path).Select(match => (object?)(
            match.Groups["key"].Success ? match.Groups["key"].Value.Trim('"')
            : match.Groups["index"].Value is { Length: > 0 } digits ? int.Parse(digits, CultureInfo.InvariantCulture)
            : null))];

    public static IEnumerable<JsonNode?> Values(JsonNode? node, List<object?> steps, int at = 0)
    {
        if (at == steps.Count)
        {
            return [node];
        }

        return (steps[at], node) switch
        {
            (string key, JsonObject children) when children.ContainsKey(key) => Values(children[key], steps, at + 1),
            (int index, JsonArray items) when index < items.Count => Values(items[index], steps, at + 1),
            (null, JsonArray items) => items.SelectMany(item => Values(item, steps, at + 1)),
            _ => [],
        };
    }

    public static void Merge(JsonObject target, JsonObject patch)
    {
        foreach ((string key, JsonNode? value) in patch)
        {
            if (value is null)
            {
                target.Remove(key);
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }

    public static JsonNode MergeAt(JsonNode? target, List<object?> steps, JsonObject patch, int at = 0)
    {
        if (at == steps.Count || steps[at] is string)
        {
            JsonObject made = target is JsonObject ? target.DeepClone().AsObject() : [];
            if (at == steps.Count)
            {
                Merge(made, patch);
            }
            else
            {
                string key = (string)steps[at]!;
                made[key] = MergeAt(made[key], steps, patch, at + 1);
            }

            return made;
        }

        JsonArray list = target is JsonArray ? target.DeepClone().AsArray() : [];
        for (int i = 0; i < list.Count; i++)
        {
            if (steps[at] is null || i.Equals(steps[at]))
            {
                list[i] = MergeAt(list[i], steps, patch, at + 1);
            }
        }

        return list;
    }

    public static void Delete(JsonNode? target, List<object?> steps)
    {
        foreach (JsonNode? parent in Values(target, steps[..^1]))
        {
            if (parent is JsonObject children && steps[^1] is string key)
            {
                children.Remove(key);
            }
            else if (parent is JsonArray items && steps[^1] is null)
            {
                items.Clear();
            }
        }
    }

    [GeneratedRegex("""\.?(?<key>"[^"]*"|[\w-]+)|\[(?<index>\d*)\]""")]
    private static partial Regex StepPattern();
}
