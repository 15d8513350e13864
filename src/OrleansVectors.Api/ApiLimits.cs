namespace OrleansVectors.Api;

/// <summary>Bounds on a request, whatever the endpoint. Bounds on what a collection takes are the collection's.</summary>
public static class ApiLimits
{
    /// <summary>Bytes of a request's body, unless <see cref="ApiOptions.BodyBytesMax"/> says otherwise.</summary>
    public const long BodyBytesMaxDefault = 64L << 20;

    /// <summary>Largest value of <see cref="ApiOptions.BodyBytesMax"/>: a body is held in one array.</summary>
    public const long BodyBytesMaxUpper = 1L << 30;

    /// <summary>Levels of nesting in a JSON body.</summary>
    public const int JsonDepthMax = 64;

    /// <summary>Members of one JSON object outside payloads.</summary>
    public const int JsonMembersMax = 1_024;

    /// <summary>Bytes of a request's first line.</summary>
    public const int RequestLineBytesMax = 16 << 10;

    /// <summary>Bytes of a request's headers together.</summary>
    public const int HeaderBytesMax = 32 << 10;

    /// <summary>Bytes of a collection's <c>metadata</c>.</summary>
    public const int MetadataBytesMax = 64 << 10;

    /// <summary>Characters of a payload key's path.</summary>
    public const int PayloadPathCharsMax = 1_024;

    /// <summary>Actions in one change of aliases.</summary>
    public const int AliasActionsMax = 10_000;

    /// <summary>Characters of a value that an error message repeats.</summary>
    public const int QuotedCharsMax = 64;

    /// <summary>Seconds a caller may give as <c>timeout</c>.</summary>
    public const int TimeoutSecondsMax = 86_400;
}
