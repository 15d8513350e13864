namespace OrleansVectors.Faults.Damage;

/// <summary>Damage to one file.</summary>
/// <param name="File">The file.</param>
/// <param name="FileKind">What it is for.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Offset">Where; for a flipped bit and a block.</param>
/// <param name="Length">How many bytes, of a block or garbage.</param>
internal sealed record Wound(string File, FileKind FileKind, WoundKind Kind, long Offset, int Length)
{
    /// <summary>Does it.</summary>
    /// <param name="random">Which bit, and what garbage.</param>
    public void Inflict(Random random)
    {
        if (Kind == WoundKind.Delete)
        {
            System.IO.File.Delete(File);
            return;
        }

        using FileStream stream = new(File, FileMode.Open, FileAccess.ReadWrite);
        switch (Kind)
        {
            case WoundKind.FlipBit:
                stream.Position = Offset;
                int old = stream.ReadByte();
                stream.Position = Offset;
                stream.WriteByte((byte)(old ^ (1 << random.Next(8))));
                break;
            case WoundKind.ZeroBlock:
                stream.Position = Offset;
                stream.Write(new byte[Length]);
                break;
            case WoundKind.Truncate:
                stream.SetLength(Offset);
                break;
            default:
                byte[] garbage = new byte[Length];
                random.NextBytes(garbage);
                stream.Position = stream.Length;
                stream.Write(garbage);
                break;
        }
    }

    public override string ToString() => $"{FileKind} {Path.GetFileName(File)}: {Kind} at {Offset}, {Length} bytes";
}
