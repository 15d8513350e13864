using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Csv;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Import;

/// <summary>
/// A csv file with a header: <c>id</c>, the vector in one column or in many or in a vector file beside, and everything
/// else as payload. An empty cell is a key that the point does not have.
/// </summary>
internal sealed class CsvPointSource : IPointSource
{
    private readonly ImportSettings _settings;
    private readonly VectorSchema _schema;
    private readonly InputFile _input;
    private readonly CsvReader _csv;
    private readonly CsvColumns _columns;
    private readonly RowVectors? _vectors;
    private readonly List<string> _fields = [];
    private readonly List<float> _vector = [];
    private readonly ArrayBufferWriter<byte> _payload = new();

    public CsvPointSource(ImportSettings settings, VectorSchema schema)
    {
        _settings = settings;
        _schema = schema;
        _input = new InputFile(settings.File);
        _csv = new CsvReader(new StreamReader(_input.Content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true)));
        try
        {
            if (!TryReadRecord())
            {
                throw new CommandFailedException($"{settings.File}: the file is empty; a header is needed");
            }

            _columns = CsvColumns.Of(settings.File, [.. _fields], settings.VectorColumns);
            _vectors = settings.VectorsFile is string vectors ? new RowVectors(vectors, format: null, schema) : null;
        }
        catch
        {
            _csv.Dispose();
            _input.Dispose();
            throw;
        }

        RowsRead = 0;
    }

    public long RowsRead { get; private set; }

    public long? Rows => null;

    public double FractionRead => _input.FractionRead;

    public void Skip(long rows)
    {
        for (long i = 0; i < rows; i++)
        {
            try
            {
                if (!TryReadRecord())
                {
                    throw new VectorFileException(_settings.File, RowsRead, "the file ends before this row, which an earlier run has written");
                }
            }
            catch (BadRowException)
            {
                // It was reported by the run that met it first.
            }
        }

        _vectors?.Reader.Skip(rows);
    }

    public bool TryAdd(PointBatch batch)
    {
        bool more;
        try
        {
            more = TryReadRecord();
        }
        catch (BadRowException)
        {
            TakeVectorOfRow();
            throw;
        }

        if (!more)
        {
            return false;
        }

        TakeVectorOfRow();
        try
        {
            Add(batch);
        }
        catch (FormatException refusal)
        {
            throw BadRowException.AtLine(_settings.File, _csv.Line, refusal.Message);
        }

        return true;
    }

    public void Dispose()
    {
        _csv.Dispose();
        _input.Dispose();
        _vectors?.Dispose();
    }

    private void Add(PointBatch batch)
    {
        if (_fields.Count != _columns.Names.Length)
        {
            throw new FormatException($"{_fields.Count} fields, but the header has {_columns.Names.Length}");
        }

        string idText = _columns.Id < 0 ? "" : _fields[_columns.Id];
        string? original = null;
        byte[] id;
        if (idText.Length == 0)
        {
            id = PointIdText.OfNumber(_settings.IdStart + (ulong)(RowsRead - 1));
        }
        else if (ulong.TryParse(idText, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            id = PointIdText.OfNumber(number);
        }
        else
        {
            id = PointIdText.OfText(idText, out bool derived);
            original = derived ? idText : null;
        }

        WritePayload(original);
        if (ParseVector())
        {
            Span<float> vector = CollectionsMarshal.AsSpan(_vector);
            if (_schema.Refusal(_schema.DefaultName, vector.Length) is string refusal)
            {
                throw new FormatException(refusal);
            }

            batch.AddFloats(id, vector, _payload.WrittenSpan);
        }
        else if (_vectors is not null)
        {
            if (_vectors.Refusal() is string refusal)
            {
                throw new FormatException($"{_settings.VectorsFile}: row {RowsRead - 1}: {refusal}");
            }

            batch.AddFloats(id, _vectors.Current, _payload.WrittenSpan);
        }
        else
        {
            batch.AddJson(id, vector: [], _payload.WrittenSpan);
        }
    }

    private bool ParseVector()
    {
        _vector.Clear();
        if (_columns.Vector >= 0)
        {
            ReadOnlySpan<char> cell = _fields[_columns.Vector].AsSpan().Trim();
            if (cell.StartsWith('[') && cell.EndsWith(']'))
            {
                cell = cell[1..^1];
            }

            foreach (Range part in cell.SplitAny(' ', ',', ';', '\t'))
            {
                if (!cell[part].IsEmpty)
                {
                    _vector.Add(ParseComponent(cell[part]));
                }
            }
        }

        foreach (int column in _columns.Components)
        {
            _vector.Add(ParseComponent(_fields[column]));
        }

        return _vector.Count > 0;
    }

    private float ParseComponent(ReadOnlySpan<char> text)
        => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw new FormatException($"component {_vector.Count} of the vector is '{text}', which is not a finite number");

    private void WritePayload(string? originalId)
    {
        _payload.ResetWrittenCount();
        using Utf8JsonWriter writer = new(_payload);
        writer.WriteStartObject();
        if (originalId is not null)
        {
            if (_columns.Payload.Any(column => _columns.Names[column] == _settings.IdField))
            {
                throw new FormatException(
                    $"the id '{originalId}' is not a UUID and is to be kept in the payload under '{_settings.IdField}', which is a column already; name another with --id-field");
            }

            writer.WriteString(_settings.IdField, originalId);
        }

        foreach (int column in _columns.Payload)
        {
            if (_fields[column].Length > 0)
            {
                writer.WritePropertyName(_columns.Names[column]);
                CsvValue.Write(writer, _fields[column]);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>The vector is consumed with its record, also when the record turns out bad.</summary>
    private void TakeVectorOfRow()
    {
        if (_vectors is not null && !_vectors.TryRead())
        {
            throw new VectorFileException(_vectors.Reader.File, RowsRead - 1, $"the file ends, but {_settings.File} goes on at line {_csv.Line}");
        }
    }

    private bool TryReadRecord()
    {
        try
        {
            if (!_csv.TryRead(_fields))
            {
                return false;
            }

            RowsRead++;
            return true;
        }
        catch (FormatException broken)
        {
            RowsRead++;
            throw BadRowException.AtLine(_settings.File, _csv.Line, broken.Message);
        }
        catch (DecoderFallbackException)
        {
            throw new VectorFileException(_settings.File, RowsRead, "the text is not UTF-8");
        }
        catch (InvalidDataException damage)
        {
            throw new VectorFileException(_settings.File, RowsRead, $"the gzip data is damaged or cut off ({damage.Message})", damage);
        }
    }
}
