using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Cli.Export;

/// <summary>
/// .npy version 1, float32, C order. The header comes first and holds the number of rows, so the rows wait in a temporary
/// file until all are known; that also serves compressed files and standard output, which cannot be gone back in.
/// </summary>
internal sealed class NpySink(Stream content, string vectorName) : IPointSink
{
    /// <summary>Magic, version, length and dictionary together; NumPy aligns the data to 64 bytes.</summary>
    private const int HeaderBytes = 128;

    private readonly FileStream _rows = new(
        Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 128 * 1024, FileOptions.DeleteOnClose);

    private float[] _row = [];
    private long _count;

    public void Write(JsonElement point)
    {
        JsonElement vector = PointVector.Find(point, vectorName);
        if (_count == 0)
        {
            _row = new float[vector.GetArrayLength()];
        }

        PointVector.CopyTo(vector, _row);
        _rows.Write(MemoryMarshal.AsBytes(_row.AsSpan()));
        _count++;
    }

    public void Complete()
    {
        byte[] header = new byte[HeaderBytes];
        header.AsSpan().Fill((byte)' ');
        ReadOnlySpan<byte> start = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        start.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), HeaderBytes - 10);
        Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({_count}, {_row.Length}), }}").CopyTo(header.AsSpan(10));
        header[^1] = (byte)'\n';
        content.Write(header);
        _rows.Position = 0;
        _rows.CopyTo(content);
    }

    public void Dispose() => _rows.Dispose();
}
