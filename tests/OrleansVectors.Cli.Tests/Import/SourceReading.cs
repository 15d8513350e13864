using System.Buffers;
using System.Text;
using OrleansVectors.Cli.Import;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.Tests.Import;

/// <summary>Reads a source to its end and gives what would be sent, with the complaints on the way.</summary>
internal static class SourceReading
{
    public static ImportSettings Settings(string file, ImportFormat format) => new() { Collection = "c", File = file, Format = format };

    public static VectorSchema Schema(int dim)
        => VectorSchema.Of(new CollectionDescription("c", "green", 0, 0, 1, [new VectorDescription("", dim, "Dot", IsMulti: false)], default), name: null);

    public static (string[] Points, string[] Complaints) Read(ImportSettings settings, VectorSchema? schema = null, long skip = 0)
    {
        using IPointSource source = PointSources.Open(settings, schema ?? VectorSchema.Learning(null));
        source.Skip(skip);
        List<string> points = [];
        List<string> complaints = [];
        while (true)
        {
            PointBatch batch = new("", source.RowsRead);
            try
            {
                if (!source.TryAdd(batch))
                {
                    return ([.. points], [.. complaints]);
                }

                ArrayBufferWriter<byte> body = new();
                batch.WriteTo(body);
                string text = Encoding.UTF8.GetString(body.WrittenSpan);
                points.Add(text["{\"points\":[".Length..^2]);
            }
            catch (BadRowException bad)
            {
                complaints.Add(bad.Message[(settings.File.Length + 1)..]);
            }
        }
    }
}
