using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OrleansVectors.Cli.Export;

/// <summary>.fvecs: per row the dimension as int32 and the float32 components, little-endian.</summary>
internal sealed class FvecsSink(Stream content, string vectorName) : IPointSink
{
    private float[] _row = [];

    public void Write(JsonElement point)
    {
        JsonElement vector = PointVector.Find(point, vectorName);
        int dim = vector.GetArrayLength();
        if (_row.Length != dim)
        {
            _row = new float[dim];
        }

        PointVector.CopyTo(vector, _row);
        Span<byte> header = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(header, dim);
        content.Write(header);
        content.Write(MemoryMarshal.AsBytes(_row.AsSpan()));
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }
}
