using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Import;

/// <summary>A vector file as a supplier of one checked vector per row, with the dimension refused before anything is sent.</summary>
internal sealed class RowVectors : IDisposable
{
    private readonly IVectorReader _reader;
    private readonly float[] _row;

    public RowVectors(string file, VectorFileFormat? format, VectorSchema schema)
    {
        _reader = VectorFile.Open(file, format);
        _row = new float[_reader.Dim];
        if (schema.Refusal(schema.DefaultName, _reader.Dim) is string refusal)
        {
            _reader.Dispose();
            throw new CommandFailedException($"{file}: {refusal}");
        }
    }

    public IVectorReader Reader => _reader;

    /// <summary>The vector last read.</summary>
    public ReadOnlySpan<float> Current => _row;

    public bool TryRead() => _reader.TryRead(_row);

    /// <summary>What is wrong with the vector last read, or null.</summary>
    public string? Refusal()
    {
        int index = NumberText.IndexOfNonFinite(_row);
        return index < 0 ? null : $"component {index} is {_row[index]}, which is not a finite number";
    }

    public void Dispose() => _reader.Dispose();
}
