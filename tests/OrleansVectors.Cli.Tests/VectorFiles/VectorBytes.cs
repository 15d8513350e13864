using System.Text;

namespace OrleansVectors.Cli.Tests.VectorFiles;

/// <summary>Files of the field's formats, written the plain way, to check the readers against.</summary>
internal static class VectorBytes
{
    public static byte[] Fvecs(float[][] rows) => Vecs(rows, (writer, value) => writer.Write(value));

    public static byte[] Bvecs(float[][] rows) => Vecs(rows, (writer, value) => writer.Write((byte)value));

    public static byte[] Ivecs(float[][] rows) => Vecs(rows, (writer, value) => writer.Write((int)value));

    public static byte[] Npy(float[][] rows, string descr = "<f4", int version = 1, string order = "False", string? shape = null)
    {
        shape ??= $"({rows.Length}, {rows[0].Length})";
        string dictionary = $"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}";
        byte[] header = Encoding.ASCII.GetBytes(dictionary.PadRight(117) + "\n");
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', (byte)version, 0]);
        if (version == 1)
        {
            writer.Write((ushort)header.Length);
        }
        else
        {
            writer.Write((uint)header.Length);
        }

        writer.Write(header);
        foreach (float value in rows.SelectMany(row => row))
        {
            switch (descr)
            {
                case "<f2":
                    writer.Write((Half)value);
                    break;
                case "<f8":
                    writer.Write((double)value);
                    break;
                case "|u1":
                    writer.Write((byte)value);
                    break;
                case "|i1":
                    writer.Write((sbyte)value);
                    break;
                default:
                    writer.Write(value);
                    break;
            }
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Whole numbers that fit every element type, so one table serves all formats.</summary>
    public static float[][] Rows(int rows, int dim, int seed = 1, bool signed = false)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, dim).Select(_ => (float)random.Next(signed ? -128 : 0, 128)).ToArray())];
    }

    private static byte[] Vecs(float[][] rows, Action<BinaryWriter, float> write)
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        foreach (float[] row in rows)
        {
            writer.Write(row.Length);
            foreach (float value in row)
            {
                write(writer, value);
            }
        }

        writer.Flush();
        return bytes.ToArray();
    }
}
