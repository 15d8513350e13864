using System.Buffers;
using System.Text.Json;
using OrleansVectors.Cli.Points;

namespace OrleansVectors.Cli.Import;

/// <summary>The request that creates a collection for what the first rows of a file hold.</summary>
internal static class CollectionCreation
{
    /// <summary>The body of <c>PUT /collections/{c}</c>; one distance for all vectors.</summary>
    public static byte[] Body(VectorSchema schema, string distance)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("vectors");
            bool onlyDefault = schema.Dims.Count == 1 && schema.Dims.ContainsKey("");
            foreach ((string name, int? dim) in schema.Dims)
            {
                if (!onlyDefault)
                {
                    writer.WriteStartObject(name);
                }

                writer.WriteNumber("size", dim!.Value);
                writer.WriteString("distance", distance);
                if (!onlyDefault)
                {
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
