using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>A test of one stored value.</summary>
internal abstract class ValueTest
{
    /// <summary>Tests what a path leads to. Most tests look at an array's elements; some look at the array itself.</summary>
    public virtual bool PassesValue(PayloadView value)
    {
        if (value.Kind != PayloadKind.Array)
        {
            return Passes(value);
        }

        foreach (PayloadView element in value.EnumerateArray())
        {
            if (Passes(element))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tests a value that is no array, or an element of one (arrays inside arrays are not opened).</summary>
    protected abstract bool Passes(PayloadView value);
}
