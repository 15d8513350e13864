using System.Text.Json;
using OrleansVectors.Cli.CommandLine;

namespace OrleansVectors.Cli.Export;

/// <summary>Finds the one dense vector of an exported point, for formats that hold no more than one.</summary>
internal static class PointVector
{
    /// <summary>The vector's array: the default one, or the one of that name.</summary>
    /// <exception cref="CommandFailedException">The point has no such vector, or it is not dense.</exception>
    public static JsonElement Find(JsonElement point, string name)
    {
        if (point.TryGetProperty("vector", out JsonElement vector))
        {
            if (vector.ValueKind == JsonValueKind.Object && vector.TryGetProperty(name, out JsonElement named))
            {
                vector = named;
            }

            if (vector.ValueKind == JsonValueKind.Array && vector.GetArrayLength() > 0 && vector[0].ValueKind == JsonValueKind.Number)
            {
                return vector;
            }
        }

        string called = name.Length == 0 ? "dense vector" : $"dense vector '{name}'";
        throw new CommandFailedException($"point {point.GetProperty("id").GetRawText()} has no {called}, which this format cannot express; export as jsonl");
    }

    /// <summary>Reads the array into floats; they come back as the floats that were stored.</summary>
    public static void CopyTo(JsonElement array, Span<float> target)
    {
        int i = 0;
        foreach (JsonElement component in array.EnumerateArray())
        {
            target[i++] = component.GetSingle();
        }
    }
}
