namespace OrleansVectors.Collections.Errors;

/// <summary>A request that does not fit the collection: an unknown vector name, a wrong dimension, a duplicate id.</summary>
public sealed class InvalidInputException(string message) : OrleansVectorsException(message)
{
    /// <summary>A name that the schema does not have.</summary>
    public static InvalidInputException UnknownVector(string name)
        => new($"Not existing vector name error: {name}");

    /// <summary>A multi-vector for a name that has one row for each point.</summary>
    public static InvalidInputException UnexpectedRows(string name, string at)
        => new($"Vector `{name}` is dense: expected an array of numbers, got an array of rows (at {at}; multivector_config makes a vector of several rows)");

    /// <summary>A vector of the wrong size.</summary>
    public static InvalidInputException WrongDimension(int expected, int actual)
        => new($"Vector dimension error: expected dim: {expected}, got {actual}");
}
