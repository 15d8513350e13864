namespace OrleansVectors.Api.Errors;

/// <summary>A well-formed request that asks for what cannot be done, as a setting this version lacks. Answered 400.</summary>
public sealed class BadRequestException(string message) : Exception(message)
{
    /// <summary>A feature of the dialect that this version does not have.</summary>
    /// <param name="feature">A plural noun: <c>sparse vectors</c>.</param>
    public static BadRequestException Unsupported(string feature)
        => new($"{feature} are not supported by this version");
}
