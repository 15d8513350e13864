using System.Text.Json;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Import;

/// <summary>One JSON object per line, with its vector or with a vector file beside it that has one row per line.</summary>
internal sealed class JsonlPointSource : IPointSource
{
    private readonly ImportSettings _settings;
    private readonly LineReader _lines;
    private readonly RowVectors? _vectors;
    private readonly JsonlPoint _point;

    public JsonlPointSource(ImportSettings settings, VectorSchema schema)
    {
        _settings = settings;
        _point = new JsonlPoint(schema);
        _lines = new LineReader(settings.File);
        try
        {
            _vectors = settings.VectorsFile is string file ? new RowVectors(file, format: null, schema) : null;
        }
        catch
        {
            _lines.Dispose();
            throw;
        }
    }

    public long RowsRead { get; private set; }

    public long? Rows => null;

    public double FractionRead => _lines.FractionRead;

    public void Skip(long rows)
    {
        for (long i = 0; i < rows; i++)
        {
            if (!TryReadRow(out _))
            {
                throw new VectorFileException(_settings.File, RowsRead, "the file ends before this row, which an earlier run has written");
            }
        }

        _vectors?.Reader.Skip(rows);
    }

    public bool TryAdd(PointBatch batch)
    {
        if (!TryReadRow(out ReadOnlySpan<byte> line))
        {
            return false;
        }

        // The vector is consumed with its line, also when the line turns out bad or has a vector of its own.
        if (_vectors is not null && !_vectors.TryRead())
        {
            throw new VectorFileException(_vectors.Reader.File, RowsRead - 1, $"the file ends, but {_settings.File} goes on at line {_lines.Line}");
        }

        try
        {
            _point.Read(line, _settings.IdField);
        }
        catch (JsonException damage)
        {
            throw BadRowException.AtLine(_settings.File, _lines.Line, $"not valid JSON at byte {damage.BytePositionInLine}: {Shorten(damage.Message)}");
        }
        catch (Exception refusal) when (refusal is FormatException or InvalidOperationException)
        {
            throw BadRowException.AtLine(_settings.File, _lines.Line, refusal.Message);
        }

        byte[] id = _point.Id.Length > 0 ? _point.Id : PointIdText.OfNumber(_settings.IdStart + (ulong)(RowsRead - 1));
        if (_point.Vector.Length > 0 || _vectors is null)
        {
            batch.AddJson(id, _point.Vector, _point.Payload);
            return true;
        }

        if (_vectors.Refusal() is string badVector)
        {
            throw BadRowException.AtLine(_settings.File, _lines.Line, $"{_settings.VectorsFile}: row {RowsRead - 1}: {badVector}");
        }

        batch.AddFloats(id, _vectors.Current, _point.Payload);
        return true;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _vectors?.Dispose();
    }

    private bool TryReadRow(out ReadOnlySpan<byte> line)
    {
        while (_lines.TryRead(out line))
        {
            if (!line.Trim(" \t"u8).IsEmpty)
            {
                RowsRead++;
                return true;
            }
        }

        return false;
    }

    /// <summary>Drops the position that the parser appends; ours is in the file, its is in the line.</summary>
    private static string Shorten(string message)
    {
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
