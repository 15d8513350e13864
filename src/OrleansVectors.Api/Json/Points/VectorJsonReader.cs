using System.Text.Json;
using OrleansVectors.Api.Errors;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;

namespace OrleansVectors.Api.Json.Points;

/// <summary>
/// Reads vectors into an arena and checks them against the schema on the way, while the place in the body is known: the
/// name, the dimension, and that every component is a finite float32.
/// </summary>
internal sealed class VectorJsonReader
{
    private readonly FloatArena _arena;
    private readonly byte[][] _nameBytes;
    private readonly string[] _names;
    private readonly VectorSchema[] _schemas;

    /// <summary>A reader for one collection.</summary>
    /// <param name="schema">The vectors it has.</param>
    /// <param name="arena">Where components go; what is returned is valid as long as it is.</param>
    public VectorJsonReader(CollectionSchema schema, FloatArena arena)
    {
        _arena = arena;
        _names = [.. schema.Vectors.Keys];
        _nameBytes = [.. _names.Select(System.Text.Encoding.UTF8.GetBytes)];
        _schemas = [.. _names.Select(name => schema.Vectors[name])];
    }

    /// <summary>
    /// Reads a point's vectors: <c>[numbers]</c> (of a multi-vector <c>[[numbers], ...]</c>) for the unnamed one, or an object
    /// of them by name; <c>{}</c> is none.
    /// </summary>
    public IReadOnlyList<NamedVector> ReadVectors(ref JsonCursor cursor)
    {
        if (cursor.Token == JsonTokenType.StartArray)
            return [ReadUnnamed(ref cursor)];
        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("a vector (an array of numbers) or an object of vectors by name");
        var vectors = new List<NamedVector>(1);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            RefuseInference(ref cursor);
            int index = Find(ref cursor);
            vectors.Add(ReadSized(ref cursor, index));
        }

        return vectors;
    }

    /// <summary>Reads an array of numbers as the unnamed vector.</summary>
    public NamedVector ReadUnnamed(ref JsonCursor cursor)
    {
        int index = Array.IndexOf(_names, "");
        return index >= 0
            ? ReadSized(ref cursor, index)
            : throw new InvalidInputException(
                $"Not existing vector name error:  (at {cursor.Path}: the collection has no unnamed vector, give an object of vectors by name)");
    }

    /// <summary>The schema's place of the current member's name.</summary>
    public int Find(ref JsonCursor cursor)
    {
        ReadOnlySpan<byte> name = cursor.NameBytes;
        for (int i = 0; i < _nameBytes.Length; i++)
        {
            if (name.SequenceEqual(_nameBytes[i]))
                return i;
        }

        throw new InvalidInputException($"Not existing vector name error: {cursor.Name} (at {cursor.Path})");
    }

    /// <summary>Reads an array of numbers, or of rows of them, as the vector at a place that <see cref="Find"/> gave.</summary>
    public NamedVector ReadSized(ref JsonCursor cursor, int index)
    {
        VectorSchema schema = _schemas[index];
        if (IsRows(in cursor))
        {
            return schema.IsMultiVector
                ? new NamedVector(_names[index], ReadRows(ref cursor, _arena, schema.Size, out int rows), rows)
                : throw InvalidInputException.UnexpectedRows(_names[index], cursor.Path);
        }

        ReadOnlyMemory<float> values = ReadDense(ref cursor, _arena, out string? pathWhenWrong, schema.Size);
        return values.Length == schema.Size
            ? new NamedVector(_names[index], values, schema.IsMultiVector ? 1 : 0)
            : throw WrongDimension(schema.Size, values.Length, pathWhenWrong);
    }

    /// <summary>Reads a vector or the rows of a multi-vector, of any size, for a query whose vector name comes later in the body.</summary>
    /// <param name="cursor">On the array.</param>
    /// <param name="arena">Where numbers go on the way.</param>
    /// <param name="rows">How many rows there are; 0 when it is an array of numbers.</param>
    /// <returns>The components, row after row; a copy.</returns>
    public static float[] ReadQuery(ref JsonCursor cursor, FloatArena arena, out int rows)
    {
        rows = 0;
        return IsRows(in cursor)
            ? ReadRows(ref cursor, arena, size: null, out rows)
            : ReadDense(ref cursor, arena, out _, expected: -1).ToArray();
    }

    /// <summary>Refuses the objects that stand for a vector that a model would make.</summary>
    public static void RefuseInference(ref JsonCursor cursor)
    {
        if (cursor.Token != JsonTokenType.StartArray
            && (cursor.NameIs("text"u8) || cursor.NameIs("image"u8) || cursor.NameIs("object"u8) || cursor.NameIs("model"u8)))
        {
            throw Unsupported(ref cursor, "vectors made by a model (text, image, object)");
        }
    }

    /// <summary>The error of a feature that the dialect has and this version has not.</summary>
    public static BadRequestException Unsupported(ref JsonCursor cursor, string feature)
    {
        string path = cursor.Path;
        return BadRequestException.Unsupported(path.Length == 0 ? feature : $"{path}: {feature}");
    }

    private static ReadOnlyMemory<float> ReadDense(
        ref JsonCursor cursor, FloatArena arena, out string? pathWhenWrong, int expected)
    {
        pathWhenWrong = null;
        if (cursor.Token == JsonTokenType.StartObject)
            throw Unsupported(ref cursor, "sparse vectors and vectors made by a model");
        if (cursor.Token != JsonTokenType.StartArray)
            throw cursor.Unexpected("a vector (an array of numbers)");
        if (!FloatArrayScanner.TryScan(
            cursor.Body, cursor.Position, CollectionLimits.VectorSizeMax, arena, out ReadOnlyMemory<float> values, out int end))
        {
            return ReadSlowly(ref cursor);
        }

        if (values.Length != expected)
            pathWhenWrong = cursor.Path;
        if (values.IsEmpty)
            throw new JsonValidationException(cursor.Path, "[]", "must not be empty");
        cursor.EndScannedArray(end);
        return values;
    }

    /// <summary>Whether the current value is an array that begins with an array.</summary>
    private static bool IsRows(in JsonCursor cursor)
    {
        if (cursor.Token != JsonTokenType.StartArray)
            return false;
        int at = cursor.Body[cursor.Position..].IndexOfAnyExcept(" \t\r\n"u8);
        return at >= 0 && cursor.Body[cursor.Position + at] == (byte)'[';
    }

    /// <summary>Reads rows of equal length; of a length of <paramref name="size"/>, if that is known.</summary>
    private static float[] ReadRows(ref JsonCursor cursor, FloatArena arena, int? size, out int rows)
    {
        string path = cursor.Path;
        var read = new List<ReadOnlyMemory<float>>();
        long components = 0;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            ReadOnlyMemory<float> row = ReadDense(ref cursor, arena, out string? pathWhenWrong, size ?? -1);
            size ??= row.Length;
            if (row.Length != size)
                throw WrongDimension(size.Value, row.Length, pathWhenWrong);
            components += row.Length;
            if (components > CollectionLimits.MultiVectorComponentsMax)
            {
                throw new JsonValidationException(
                    path,
                    $"of {components} components or more",
                    $"must be at most {CollectionLimits.MultiVectorComponentsMax} components in all rows together (MultiVectorComponentsMax)");
            }

            read.Add(row);
        }

        rows = read.Count;
        var values = new float[components];
        for (int i = 0; i < read.Count; i++)
            read[i].CopyTo(values.AsMemory(i * size!.Value));
        return values;
    }

    private static InvalidInputException WrongDimension(int expected, int actual, string? path)
        => new($"Vector dimension error: expected dim: {expected}, got {actual} (at {path})");

    /// <summary>What the scanner declined, token by token, until the reason shows.</summary>
    private static ReadOnlyMemory<float> ReadSlowly(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        var values = new List<float>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            if (cursor.Token == JsonTokenType.Number
                && !(cursor.Reader.TryGetSingle(out float value) && float.IsFinite(value)))
            {
                throw cursor.Invalid(
                    System.Text.Encoding.UTF8.GetString(cursor.Reader.ValueSpan[..Math.Min(cursor.Reader.ValueSpan.Length, ApiLimits.QuotedCharsMax)]),
                    "must be a finite 32-bit floating-point number (from -3.4028235E+38 to 3.4028235E+38)");
            }

            values.Add(cursor.GetSingle());
            if (values.Count > CollectionLimits.VectorSizeMax)
            {
                throw new JsonValidationException(
                    path, $"of {values.Count} components or more", $"must be from 1 to {CollectionLimits.VectorSizeMax} components");
            }
        }

        return values.ToArray();
    }
}
