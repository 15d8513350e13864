using System.Buffers.Text;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Import;

/// <summary>A file of vectors alone: the row's number is the point's id.</summary>
internal sealed class VectorPointSource(string file, VectorFileFormat format, VectorSchema schema, ulong idStart) : IPointSource
{
    private readonly RowVectors _vectors = new(file, format, schema);

    public long RowsRead => _vectors.Reader.RowsRead;

    public long? Rows => _vectors.Reader.Rows;

    public double FractionRead => _vectors.Reader.FractionRead;

    public void Skip(long rows) => _vectors.Reader.Skip(rows);

    public bool TryAdd(PointBatch batch)
    {
        long row = RowsRead;
        if (!_vectors.TryRead())
        {
            return false;
        }

        if (_vectors.Refusal() is string refusal)
        {
            throw BadRowException.AtRow(file, row, refusal);
        }

        Span<byte> id = stackalloc byte[20];
        Utf8Formatter.TryFormat(idStart + (ulong)row, id, out int idBytes);
        batch.AddFloats(id[..idBytes], _vectors.Current, payload: []);
        return true;
    }

    public void Dispose() => _vectors.Dispose();
}
