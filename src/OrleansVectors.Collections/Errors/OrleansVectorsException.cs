namespace OrleansVectors.Collections.Errors;

/// <summary>A refusal that tells the caller what was wrong; the base of everything hosts map to an answer.</summary>
public abstract class OrleansVectorsException : Exception
{
    private protected OrleansVectorsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
